# What a profile's functions hold, in both forms.
mgheap -n 6 "$TESTDATA/heap"
