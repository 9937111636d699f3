# Killed for memory that leaked collection deletes hold: one chain, the leak first.
awk -f "$CASE_DIR/oom-leak.awk" </dev/null
mgdiagnose . | sed '/^ Not assessed/,$d'
echo "-- without the heap profile nothing says that the leak held the memory"
rm profiles/*heap*
mgdiagnose . | grep -E '^ *[0-9]+ [A-Z]|effect '
