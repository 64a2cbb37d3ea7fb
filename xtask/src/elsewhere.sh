# The first process of a host with an engine of its own: makes certificates for its address, lets a key in,
# and keeps the engine running. Arguments: the public key that is let in.
set -e
mkdir -p /run/sshd /root/.ssh /certs
printf '%s\n' "$1" >/root/.ssh/authorized_keys
cd /certs
address=$(hostname -i)
sign() { # name, subject, extensions, days
  openssl req -newkey rsa:2048 -nodes -keyout "$1-key.pem" -subj "$2" -out "$1.csr"
  printf '%s\n' "$3" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days "$4" -extfile "$1.ext" -out "$1.pem"
}
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca-key.pem -subj /CN=elsewhere -days 2 -out ca.pem
sign server "/CN=$address" "subjectAltName=IP:$address
extendedKeyUsage=serverAuth" 2
sign client /CN=me extendedKeyUsage=clientAuth 2
mkdir -p client
cp ca.pem client
cp client.pem client/cert.pem
cp client-key.pem client/key.pem
/usr/sbin/sshd
rm -f /var/run/docker.pid
set +e
while :; do
  dockerd --log-level warn -H unix:///var/run/docker.sock -H tcp://0.0.0.0:2376 --tlsverify \
    --tlscacert ca.pem --tlscert server.pem --tlskey server-key.pem
  sleep 1
done
