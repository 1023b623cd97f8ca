"""Running things: the batched simulator contract, its adapters, policies, episodes and rollouts."""
