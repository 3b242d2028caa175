#: family = "output"
#: idea = "Lets others write what it is not to write itself."
#: ends = ["output_limit_exceeded"]
yes & yes >&2 & cat /dev/zero
