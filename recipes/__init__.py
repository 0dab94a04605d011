"""Ready bots as CSV tabs, one folder per bot."""
