"""What those who look after the service can see of it: metrics, alarms and traces."""
