"""Tables of what models say is heard in clips: any classifier's scores, and BirdNET's results."""
