"""The stacks of this project, in the order in which they are deployed."""

from csr_templates import STACKS as THEIRS
from csr_templates import Stack, contract
from shop import receipts

STACKS = (
    *THEIRS,
    Stack("receipts", "receipts.yaml", "ap-northeast-1", receipts.build, reads_from=(contract.NETWORK,)),
)
