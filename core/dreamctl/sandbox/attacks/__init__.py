"""What hostile programs try, really tried: the proof that a sandbox holds on this machine."""
