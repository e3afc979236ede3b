"""Audio that lies at addresses: listed, and read from there by who needs it; nothing of it is kept on disk."""
