"""The plain commands and the SQL of the pages, with MariaDB's client and a server with TLS on this computer.

The account, the download of the CA bundle and the installation are programs in a folder of the test.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.docs.pages import OPERATIONS, RECOVERY, TROUBLESHOOTING, Block, read

PATH = os.pathsep.join([os.environ["PATH"], "/usr/sbin"])
NEEDED = ("mariadb", "mariadbd", "mariadb-install-db", "mariadb-dump", "openssl", "jq", "bash")
MISSING = [name for name in NEEDED if shutil.which(name, path=PATH) is None]
DATABASE = "csr_lambda_prod"
PASSWORD = "a $ecret with `quotes`"
CREATED = f"""
CREATE DATABASE {DATABASE};
CREATE USER 'csradmin'@'%' IDENTIFIED BY '{PASSWORD}';
GRANT ALL ON *.* TO 'csradmin'@'%';
DELIMITER //
CREATE PROCEDURE mysql.rds_kill(thread BIGINT) BEGIN KILL thread; END//
"""

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(
        bool(MISSING) and "PROGRAMS_REQUIRED" not in os.environ,
        reason=f"the client and server of MariaDB are needed: {MISSING}",
    ),
]


class Server(NamedTuple):
    """A running server.

    Attributes:
        folder: its files; ``bundle.pem`` has its CA.
        port: of TCP, on 127.0.0.1.
    """

    folder: Path
    port: int

    def execute(self, sql: str) -> str:
        """Run statements as its administrator, over the socket, and return what is printed."""
        words = ["mariadb", "--no-defaults", "--socket", str(self.folder / "s"), "--user", "root", "-N"]
        return subprocess.run(words, input=sql, capture_output=True, text=True, check=True).stdout


def certificates(folder: Path) -> None:
    """Create a CA, a certificate of the server, and a CA of someone else."""
    for name in ("bundle", "stranger"):
        files = ["-keyout", f"{name}.key", "-out", f"{name}.pem"]
        openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", *files, "-subj", f"/CN={name}")
    files = ["-keyout", "server.key", "-out", "server.csr"]
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", *files, "-subj", "/CN=127.0.0.1")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1", "utf-8")
    signed = ["-CA", "bundle.pem", "-CAkey", "bundle.key", "-CAcreateserial", "-extfile", "names"]
    openssl(folder, "x509", "-req", "-in", "server.csr", *signed, "-out", "server.pem")


def openssl(folder: Path, *words: str) -> None:
    """Run the program in a folder."""
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that requires TLS, with the database, its user, and RDS's procedure that ends connections."""
    folder = tmp_path_factory.mktemp("db")
    certificates(folder)
    shared = ["--no-defaults", f"--datadir={folder / 'data'}"]
    install = ["mariadb-install-db", *shared, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(install, check=True, capture_output=True, env={**os.environ, "PATH": PATH})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [str(shutil.which("mariadbd", path=PATH)), *shared, f"--socket={folder / 's'}", f"--port={port}"]
    words += ["--bind-address=127.0.0.1", "--require-secure-transport=ON", "--skip-name-resolve"]
    words += [f"--ssl-ca={folder / 'bundle.pem'}", f"--ssl-cert={folder / 'server.pem'}"]
    words += [f"--ssl-key={folder / 'server.key'}", "--user=root"]
    with (folder / "log").open("w") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        try:
            running = Server(folder, port)
            wait_for(running, process)
            running.execute(CREATED)
            yield running
        finally:
            process.terminate()


def wait_for(running: Server, process: "subprocess.Popen[bytes]") -> None:
    """Return when the server accepts connections."""
    for _ in range(150):
        assert process.poll() is None, (running.folder / "log").read_text()
        if (running.folder / "s").exists():
            return
        time.sleep(0.1)
    raise AssertionError((running.folder / "log").read_text())


def program(folder: Path, name: str, code: str) -> None:
    """Write a program that is found before the one of this computer."""
    (folder / name).write_text(f"#!/usr/bin/env bash\n{code}\n", "utf-8")
    (folder / name).chmod(0o755)


@pytest.fixture
def shell(server: Server, tmp_path: Path) -> dict[str, str]:
    """The environment of a shell in which the blocks run."""
    programs = tmp_path / "programs"
    programs.mkdir()
    secret = json.dumps({"username": "csradmin", "password": PASSWORD})
    (tmp_path / "secret.json").write_text(secret, "utf-8")
    program(programs, "aws", f'case $1 in rds) echo 127.0.0.1 ;; *) cat "{tmp_path}/secret.json" ;; esac')
    program(programs, "curl", f'cp "{server.folder}/${{BUNDLE:-bundle}}.pem" "$(basename "${{@: -1}}")"')
    program(programs, "sudo", "exit 0")
    return {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{PATH}",
        "MYSQL_TCP_PORT": str(server.port),
        "HOME": str(tmp_path),
    }


def block_with(page: Path, text: str, language: str) -> Block:
    """Return the only block of a page with a text."""
    (only,) = [block for block in read(page).blocks if text in block.text and block.language == language]
    return only


CONNECT = block_with(OPERATIONS, "--ssl-verify-server-cert", "sh")


def run(code: str, shell: dict[str, str], folder: Path, sql: str = "") -> "subprocess.CompletedProcess[str]":
    """Run a block in bash; the SQL is what is typed in the client."""
    words = ["bash", "-euo", "pipefail", "-c", code]
    return subprocess.run(
        words, input=sql, env=shell, cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_block_connects_with_tls(shell: dict[str, str], tmp_path: Path) -> None:
    """It connects to the database with the secret, and the connection is encrypted."""
    done = run(CONNECT.text, shell, tmp_path, "SELECT DATABASE(); SHOW STATUS LIKE 'Ssl_cipher';")

    assert done.returncode == 0, done.stderr
    assert DATABASE in done.stdout
    assert re.search(r"Ssl_cipher\t\S+", done.stdout)
    assert PASSWORD not in done.stdout + done.stderr


def test_another_server_is_refused(shell: dict[str, str], tmp_path: Path) -> None:
    """A server whose certificate the CA bundle does not have gets no password."""
    done = run(CONNECT.text, {**shell, "BUNDLE": "stranger"}, tmp_path, "SELECT 1;")

    assert done.returncode != 0
    assert "certificate" in done.stderr.lower()


def test_the_server_refuses_connections_without_tls(shell: dict[str, str], tmp_path: Path) -> None:
    """As the database does: what the block shows is not a default of the client."""
    options = r"--ssl-ca \S+ --ssl-verify-server-cert"
    code, removed = re.subn(options, "--skip-ssl", CONNECT.text.replace("\\\n", ""))
    done = run(code, shell, tmp_path, "SELECT 1;")

    assert removed == 1
    assert done.returncode != 0
    assert "insecure transport" in done.stderr


def test_running_statements_are_found_and_ended(shell: dict[str, str], tmp_path: Path) -> None:
    """The first statement shows a query with its ID, and the call with this ID ends it."""
    listing, ending = block_with(TROUBLESHOOTING, "rds_kill", "sql").text.split("CALL ")
    client = ["bash", "-c", CONNECT.text]
    with subprocess.Popen(
        client, env=shell, cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as busy:
        assert busy.stdin is not None
        busy.stdin.write(b"SELECT SLEEP(60) AS slow;\n")
        busy.stdin.close()
        listed = ""
        for _ in range(50):
            listed = run(CONNECT.text, shell, tmp_path, listing).stdout
            if "SLEEP(60)" in listed:
                break
            time.sleep(0.1)
        (line,) = [line for line in listed.splitlines() if "SLEEP(60)" in line]
        number = line.split("\t")[0]
        done = run(CONNECT.text, shell, tmp_path, f"CALL {ending.replace('ID', number)}")
        assert done.returncode == 0, done.stderr
        assert busy.wait(timeout=10) != 0


def test_connections_and_transactions_are_listed(shell: dict[str, str], tmp_path: Path) -> None:
    """Both statements run, and show the own connection."""
    done = run(CONNECT.text, shell, tmp_path, block_with(TROUBLESHOOTING, "innodb_trx", "sql").text)

    assert done.returncode == 0, done.stderr
    assert "csradmin" in done.stdout
    assert "oldest_ids" in done.stdout


def test_lost_rows_are_copied_back(server: Server, shell: dict[str, str], tmp_path: Path) -> None:
    """The dump has the rows of the condition; in a transaction, they come back only with COMMIT.

    The definition of a trigger would commit them, because it ends a transaction.
    """
    server.execute(
        f"CREATE OR REPLACE TABLE {DATABASE}.orders (id INT PRIMARY KEY, state TEXT);"
        f"INSERT INTO {DATABASE}.orders VALUES (6, 'old'), (7, 'old'), (8, 'old');"
        f"CREATE TRIGGER {DATABASE}.noted AFTER INSERT ON {DATABASE}.orders FOR EACH ROW SET @noted = 1;"
    )
    dump = block_with(RECOVERY, "mariadb-dump", "sh").text
    dump = dump.replace("CONDITION", "id BETWEEN 7 AND 8").replace(" TABLE ", " orders ")
    dumped = run(f"{CONNECT.text}{dump}", shell, tmp_path)
    assert dumped.returncode == 0, dumped.stderr
    server.execute(f"DELETE FROM {DATABASE}.orders WHERE id = 7; UPDATE {DATABASE}.orders SET state = 'new';")

    for end, rows in (("ROLLBACK", ["6 new", "8 new"]), ("COMMIT", ["6 new", "7 old", "8 new"])):
        done = run(CONNECT.text, shell, tmp_path, f"START TRANSACTION;\nsource rows.sql\n{end};\n")
        assert done.returncode == 0, done.stderr
        listed = server.execute(f"SELECT CONCAT(id, ' ', state) FROM {DATABASE}.orders ORDER BY id;")
        assert listed.splitlines() == rows
