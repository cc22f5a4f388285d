# pragma version 0.4.3
"""
@title Composer
@notice Composes with the Vault: a prepaid swap in a session, and a flash loan that it gives back.
"""

interface Token:
    def transfer(receiver: address, amount: uint256) -> bool: nonpayable
    def transferFrom(owner: address, receiver: address, amount: uint256) -> bool: nonpayable


struct SwapRequest:
    hop: uint256
    exact_out: bool
    amount: uint256
    limit: uint256
    deadline: uint256
    receiver: address
    integrator: address


interface Vault:
    def unlock(data: Bytes[4096]) -> Bytes[4096]: nonpayable
    def swap(request: SwapRequest) -> uint256: nonpayable
    def sync(token: address): nonpayable
    def settle() -> uint256: nonpayable
    def take(token: address, amount: uint256, receiver: address): nonpayable
    def flash_loan(
        receiver: address, tokens: DynArray[address, 16], amounts: DynArray[uint256, 16], data: Bytes[4096]
    ): nonpayable


VAULT: immutable(address)


@deploy
def __init__(vault: address):
    VAULT = vault


@external
def prepaid_swap(token_in: address, token_out: address, request: SwapRequest):
    """
    @notice sync, transfer, settle, swap and take, in one session. The trader pays and is paid.
    """
    extcall Vault(VAULT).unlock(abi_encode(msg.sender, token_in, token_out, request))


@external
def unlocked(data: Bytes[4096]) -> Bytes[4096]:
    assert msg.sender == VAULT
    trader: address = empty(address)
    token_in: address = empty(address)
    token_out: address = empty(address)
    request: SwapRequest = empty(SwapRequest)
    trader, token_in, token_out, request = abi_decode(data, (address, address, address, SwapRequest))
    extcall Vault(VAULT).sync(token_in)
    assert extcall Token(token_in).transferFrom(trader, VAULT, request.amount)
    extcall Vault(VAULT).settle()
    amount_out: uint256 = extcall Vault(VAULT).swap(request)
    extcall Vault(VAULT).take(token_out, amount_out, trader)
    return b""


@external
def borrow(token: address, amount: uint256):
    extcall Vault(VAULT).flash_loan(self, [token], [amount], b"")


@external
def flash_borrowed(
    initiator: address, tokens: DynArray[address, 16], amounts: DynArray[uint256, 16], data: Bytes[4096]
):
    assert msg.sender == VAULT
    for i: uint256 in range(len(tokens), bound=16):
        assert extcall Token(tokens[i]).transfer(VAULT, amounts[i])
