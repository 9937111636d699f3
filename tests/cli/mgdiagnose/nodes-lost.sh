# Nodes are Unknown: which part of the control plane fell silent first.
awk -f "$CASE_DIR/nodes-lost.awk" </dev/null
mgdiagnose . | sed '/^ Not assessed/,$d'
