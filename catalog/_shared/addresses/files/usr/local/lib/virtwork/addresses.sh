# shellcheck shell=bash disable=SC2034,SC2154
# Request of a guest whose clients ask for its address. virtwork-health sources this file; it has checked the method, GET
# or HEAD.
#   GET /addresses/NETWORK   addresses of the card in the network, one per line, IPv4 first; 503 while it has none
# No part of a request becomes a path before it has matched a pattern.

sys=${VIRTWORK_SYS_DIR:-/sys}
max_addresses=16 # in one answer

# answer_addresses TARGET
answer_addresses() {
  local list host=${HOSTNAME%%.*} index mac=() card addresses=() addresses6=()
  [[ $1 =~ ^/addresses/([A-Za-z0-9_-]{1,63})$ ]] || reject 404 'Not Found'
  list=$etc/cards/${BASH_REMATCH[1]}
  index=${host##*-}
  [[ -r $list && $index =~ ^[0-9]{1,6}$ ]] || reject 404 'Not Found'
  # Line 1 is of VM 0.
  mapfile -t -s $((10#$index)) -n 1 mac <"$list"
  [[ -n ${mac[0]:-} ]] || reject 404 'Not Found'
  # A bridge or a bond with the card has the same MAC address, and then it has the address of the network.
  for card in "$sys/class/net"/*; do
    if [[ -r $card/address && $(<"$card/address") == "${mac[0]}" ]]; then find_addresses "${card##*/}"; fi
  done
  addresses+=("${addresses6[@]}")
  if ((${#addresses[@]} == 0)); then
    reject 503 'Service Unavailable' $'Retry-After: 5\r\n'
  fi
  printf -v body '%s\n' "${addresses[@]:0:max_addresses}"
  answer 200 OK
}

# find_addresses CARD: adds those that others can use: not of the link only, not temporary, and not on their way in or out.
find_addresses() {
  local line
  while IFS= read -r -n "$max_length" line; do
    [[ ! $line =~ \ (scope (link|host)|temporary|tentative|deprecated|dadfailed)\  ]] || continue
    if [[ $line =~ \ inet\ ([0-9.]{7,15})/ ]]; then
      addresses+=("${BASH_REMATCH[1]}")
    elif [[ $line =~ \ inet6\ ([0-9a-f:]{3,39})/ ]]; then
      addresses6+=("${BASH_REMATCH[1]}")
    fi
  done < <(exec ip -o address show dev "$1" 2>/dev/null | head -n 100)
}
