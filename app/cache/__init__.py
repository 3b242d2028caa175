"""Nothing is judged twice: results by the content of their requests, in memory and on disk."""
