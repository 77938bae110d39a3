"""What is kept of the learning, and who may read it."""
