#!/bin/sh
# Makes an authority of one's own, and a certificate for the NATS servers, by openssl. What is there is kept.
#   deploy/nats/certificates.sh FOLDER [NAME...]      the names by which clients and servers reach the servers
set -eu
folder=$1
shift
[ $# -gt 0 ] || set -- n1 n2 n3 localhost
umask 077
mkdir -p "$folder"
cd "$folder"
days=825

if [ ! -e ca.key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days "$days" \
    -subj "/CN=the ledger's own authority" -keyout ca.key -out ca.pem 2>/dev/null
fi
if [ ! -e server.key ]; then
  names=IP:127.0.0.1
  for name in "$@"; do names=$names,DNS:$name; done
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj "/CN=$1" \
    -keyout server.key -out server.csr 2>/dev/null
  # Servers are clients of each other.
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=CA:FALSE\n' "$names" >server.ext
  openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days "$days" \
    -extfile server.ext -out server.pem 2>/dev/null
  rm server.csr server.ext
fi
# Everybody may see certificates; keys are for their owner alone.
chmod 644 ca.pem server.pem
echo "$folder: give ca.pem to whoever connects, server.pem and server.key to the servers, and ca.key to nobody"
