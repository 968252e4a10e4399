"""Rules on Amazon EventBridge."""
