/** gRPC and HTTP of OTLP. Only ways out are looked at; a rule set that nobody manages is not changed behind its owner. */
export const otlpCheckScript = `
if command -v firewall-cmd >/dev/null 2>&1 && [ "$(firewall-cmd --state 2>/dev/null)" = running ]; then
  for policy in $(firewall-cmd --get-active-policies 2>/dev/null | sed -n 's/^\\([^ ]*\\).*/\\1/p'); do
    case $(firewall-cmd --policy "$policy" --get-target --permanent 2>/dev/null) in
      DROP | REJECT)
        for port in 4317 4318; do
          firewall-cmd -q --policy "$policy" --query-port "$port/tcp" || to_do "policy $policy of firewalld lets nothing out to port $port"
        done
        ;;
    esac
  done
  echo 'firewalld lets TCP ports 4317 and 4318 out'
elif command -v ufw >/dev/null 2>&1 && ufw status 2>/dev/null | grep -q '^Status: active'; then
  if ! ufw status verbose | grep -q 'allow (outgoing)'; then
    ufw status | grep -q '^4317,4318/tcp  *ALLOW OUT' || to_do 'ufw lets nothing out that has no rule'
  fi
  echo 'ufw lets TCP ports 4317 and 4318 out'
elif { nft list chains 2>/dev/null | grep -q 'hook output .*policy drop'; } || { iptables -S OUTPUT 2>/dev/null | grep -q '^-P OUTPUT DROP'; }; then
  not_applicable 'a rule set that neither firewalld nor ufw manages drops what goes out: allow TCP ports 4317 and 4318 in it'
else
  not_applicable 'no firewall runs in the guest'
fi
`;

export const otlpApplyScript = `
if command -v firewall-cmd >/dev/null 2>&1 && [ "$(firewall-cmd --state 2>/dev/null)" = running ]; then
  for policy in $(firewall-cmd --get-active-policies | sed -n 's/^\\([^ ]*\\).*/\\1/p'); do
    case $(firewall-cmd --policy "$policy" --get-target --permanent) in
      DROP | REJECT) firewall-cmd --permanent --policy "$policy" --add-port 4317-4318/tcp || exit ;;
    esac
  done
  firewall-cmd --reload
else
  ufw allow out proto tcp to any port 4317,4318
fi
`;

/** $3: lines \`name="value"\`, as /etc/environment has them. */
export const proxyCheckScript = `
[ "$(marked_lines /etc/environment)" = "$(cat "$3")" ] || to_do 'the guest does not use the proxy of the host'
proxy=$(sed -n 's/^https_proxy="\\(.*\\)"$/\\1/p' "$3")
if [ "$1" = el ]; then
  [ "$(marked_lines /etc/dnf/dnf.conf)" = "proxy=$proxy" ] || to_do 'dnf does not use the proxy of the host'
else
  grep -qF "\\"$proxy\\"" /etc/apt/apt.conf.d/90sysmonvm-proxy 2>/dev/null || to_do 'apt does not use the proxy of the host'
fi
echo 'logins and the package manager use the proxy of the host'
`;

export const proxyApplyScript = `
touch /etc/environment && unmark /etc/environment || exit
{ echo '# sysmonvm begin'; cat "$3"; echo '# sysmonvm end'; } >>/etc/environment
http=$(sed -n 's/^http_proxy="\\(.*\\)"$/\\1/p' "$3")
https=$(sed -n 's/^https_proxy="\\(.*\\)"$/\\1/p' "$3")
if [ "$1" = el ]; then
  unmark /etc/dnf/dnf.conf
  printf '%s\\n' '# sysmonvm begin' "proxy=$https" '# sysmonvm end' >>/etc/dnf/dnf.conf
else
  printf 'Acquire::%s::Proxy "%s";\\n' http "$http" https "$https" | write_file /etc/apt/apt.conf.d/90sysmonvm-proxy
fi
`;

/** $3: certificates in PEM. */
export const authorityCheckScript = `
if [ "$1" = el ]; then bundle=/etc/pki/tls/certs/ca-bundle.crt; else bundle=/etc/ssl/certs/ca-certificates.crt; fi
[ -s "$bundle" ] || to_do 'the guest has no bundle of authorities'
! grep -qvxFf "$bundle" "$3" || to_do 'the guest does not trust this authority'
echo "$(grep -c 'BEGIN CERTIFICATE' "$3") certificates are trusted"
`;

export const authorityApplyScript = `
if [ "$1" = el ]; then
  write_file /etc/pki/ca-trust/source/anchors/sysmonvm-ca.pem <"$3" && update-ca-trust
  exit
fi
command -v update-ca-certificates >/dev/null 2>&1 || install_packages ca-certificates || exit
mkdir -p /usr/local/share/ca-certificates
rm -f /usr/local/share/ca-certificates/sysmonvm-*.crt
awk '/BEGIN CERTIFICATE/ { n++ } { print >("/usr/local/share/ca-certificates/sysmonvm-" n ".crt") }' "$3" &&
  update-ca-certificates
`;
