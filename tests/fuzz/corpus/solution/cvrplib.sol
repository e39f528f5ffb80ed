Route #1: 3 1 4 2
Route #2:
Cost: 12.5
