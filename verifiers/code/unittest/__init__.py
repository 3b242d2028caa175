"""code.unittest: programs judged by files of tests, as frameworks of their languages run them."""
