#: family = "processes"
#: idea = "The fork bomb that everybody knows."
#: ends = ["time_limit_exceeded", "violation", "exited", "signalled", "output_limit_exceeded"]
:() { : | : & }
while true; do : ; done 2>/dev/null
