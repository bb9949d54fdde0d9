"""What is seen. A widget takes plain values, posts messages, and knows no engine."""
