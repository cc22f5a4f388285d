# pragma version 0.4.3
"""
@title Second door
@notice The other address of a TwoDoorToken: same balances, same allowances.
"""


interface TwoDoorToken:
    def decimals() -> uint256: view
    def totalSupply() -> uint256: view
    def balanceOf(account: address) -> uint256: view
    def allowance(owner: address, spender: address) -> uint256: view
    def move_for(account: address, sender: address, to: address, amount: uint256): nonpayable


TOKEN: immutable(address)


@deploy
def __init__(token: address):
    TOKEN = token


@external
@view
def decimals() -> uint256:
    return staticcall TwoDoorToken(TOKEN).decimals()


@external
@view
def totalSupply() -> uint256:
    return staticcall TwoDoorToken(TOKEN).totalSupply()


@external
@view
def balanceOf(account: address) -> uint256:
    return staticcall TwoDoorToken(TOKEN).balanceOf(account)


@external
@view
def allowance(owner: address, spender: address) -> uint256:
    return staticcall TwoDoorToken(TOKEN).allowance(owner, spender)


@external
def transfer(to: address, amount: uint256) -> bool:
    extcall TwoDoorToken(TOKEN).move_for(msg.sender, msg.sender, to, amount)
    return True


@external
def transferFrom(sender: address, to: address, amount: uint256) -> bool:
    extcall TwoDoorToken(TOKEN).move_for(msg.sender, sender, to, amount)
    return True
