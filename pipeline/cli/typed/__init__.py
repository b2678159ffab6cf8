"""What can be typed. Importing it is quick; what a command needs comes with it."""
