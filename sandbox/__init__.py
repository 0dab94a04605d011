"""Emulators of the outside world and the page that shows it all."""
