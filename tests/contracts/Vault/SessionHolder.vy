# pragma version 0.4.3
"""
@title Session holder
@notice Opens a session in the Vault and plays its script in it, as the account whose session it is.
"""

import hostile.script as script

initializes: script
exports: (script.write, script.read)


interface Vault:
    def unlock(data: Bytes[4096]) -> Bytes[4096]: nonpayable


VAULT: immutable(Vault)


@deploy
def __init__(vault: address):
    VAULT = Vault(vault)


@external
def open():
    extcall VAULT.unlock(b"")


@external
def unlocked(data: Bytes[4096]) -> Bytes[4096]:
    script.play()
    return b""
