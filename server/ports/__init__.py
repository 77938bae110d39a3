"""What the rules need from the world, as Protocols; adapters fulfil them."""
