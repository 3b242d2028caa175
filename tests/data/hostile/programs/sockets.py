#: family = "network"
#: idea = "Every kind of socket that reaches beyond this process."
#: cases = ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG", "AF_BLUETOOTH", "AF_CAN", "AF_TIPC", "AF_QIPCRTR"]
#: ends = ["exited"]
#: says = "refused"
import socket
import sys

family = getattr(socket, sys.argv[1], None)
kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET)
for kind in kinds:
    try:
        if family is not None:
            socket.socket(family, kind)
            print("ESCAPED: got one of kind", kind)
    except OSError:
        pass
print("refused")
