"""Running the project on one machine: its own servers, the demonstration, the tests. Never part of a real site."""
