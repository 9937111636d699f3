# What kubectl and crictl print, and a file of certificates whose key is not looked at.
printf 'NAME       CPU(cores)   CPU%%   MEMORY(bytes)   MEMORY%%\nmaster-0   1250m        8%%     12240Mi         40%%\n' >top.txt
touch -d 2026-11-21T03:12:00Z top.txt
printf -- '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n' >tls.pem
sed -n '/BEGIN/,/END/p' "$CASE_DIR/../../fuzz/corpus/x509/pem" >>tls.pem
mgstate --show=usage top.txt
mgstate --show=certificates tls.pem
mgstate -o events tls.pem | grep -c c2VjcmV0
printf 'kind: List\nitems:\n- kind: Pod\n\tmetadata: {}\n' >tab.yaml
mgstate tab.yaml 2>&1
echo "exit $?"
