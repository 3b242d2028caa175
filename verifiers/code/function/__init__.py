"""code.function: functions and classes called with JSON values, by a driver for each language."""
