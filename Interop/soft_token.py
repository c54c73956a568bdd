"""SoftHSM2 tokens in a folder of their own."""

import tempfile
from pathlib import Path

from Interop.harness import Skip, run, tool

PIN = "271828"
LIBRARIES = [Path(folder) / "softhsm/libsofthsm2.so" for folder in ("/usr/lib", "/opt/homebrew/lib", "/usr/local/lib")]


class SoftToken:
    """One folder of tokens, each with the same PIN in a file."""

    def __init__(self, *labels):
        self.folder = Path(tempfile.mkdtemp(prefix="touchmark-token-"))
        self.library = next((path for path in LIBRARIES if path.exists()), None)
        if not self.library:
            raise Skip("SoftHSM2 is not installed: make setup")
        self.tokens = self.folder / "tokens"
        self.tokens.mkdir()
        configuration = self.folder / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.environment = {"SOFTHSM2_CONF": str(configuration)}
        self.pin = self.folder / "pin"
        self.pin.write_text(PIN + "\n")
        self.pin.chmod(0o600)
        for label in labels:
            run(tool("softhsm2-util"), "--init-token", "--free", "--label", label, "--so-pin", "314159", "--pin", PIN,
                env=self.environment)

    def uri(self, label):
        return f"pkcs11:token={label}?module-path={self.library}&pin-source={self.pin}"

    def carry(self, away):
        """Takes the tokens' files away, or puts them back."""
        drawer = self.folder / "drawer"
        if away:
            self.tokens.rename(drawer)
            self.tokens.mkdir()
        else:
            self.tokens.rmdir()
            drawer.rename(self.tokens)
