"""Every port and emulator against the vendor's own description."""
