"""The night: deliveries taken in, the contract judged, compared with the last night, kept and told."""
