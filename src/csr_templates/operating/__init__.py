"""The operators' commands, ``csr-operate``: what a person does to a running environment.

A command is a function. The table in ``command_line`` says which commands only read, which change something,
and which delete or replace something.

How a command runs, such as ``csr-operate prod fail-over``:

1. ``command_line.main`` reads the arguments, the output folder (``environment``) and the command of the
   table.
2. ``Aws.open`` prints who calls and where, and reads the stacks. Another account ends the command.
3. ``command_line._run`` calls the function. Its calls of boto3 pass the hooks of ``account.printed_calls``:
   a call that is not a read is refused for a command that reads, printed as a line of the AWS CLI, and not
   made in a dry run. What deletes or replaces asks for the name before (``Aws.confirm``).
4. The function sets ``Aws.way_on`` to the command that goes on from here, and waits with ``waiting.until``.
   It asks for the status every 15 seconds and prints it when it changes and each minute.
   ``waiting.changed_from`` lets it ignore the status from before the call for a minute. Ctrl-C ends only
   the wait (``StoppedWaiting``, status 130). A question without an answer is repeated; two denied ones in
   succession, or eight without an answer, end the wait (``NoAnswer``, status 1). Both name the way on. A dry
   run ends where a wait would begin.
5. What changes something ends with ``waiting.for_effect``: it reads what is true now (a ``Sight``), waits
   until the effect is there, and prints it. ``--no-wait`` prints it once. A command that finds its own work
   in progress, or done, says so and goes on from there, with status 0. The table in ``command_line`` says
   why a command does not read back what it changed (``not_read_back``).
6. ``command_line._run`` turns errors into sentences and exit statuses, and says what has been done, what is
   not known, and how to go on.
"""
