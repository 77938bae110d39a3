"""What the server touches outside itself: stores, sockets, files, clocks, solvers. Each adapter fills one port."""
