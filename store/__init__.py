"""The bot's durable memory."""
