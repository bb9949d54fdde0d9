"""What a face may ask for, and how it is asked of the agent."""
