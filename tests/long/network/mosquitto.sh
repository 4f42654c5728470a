# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# mosquitto: subscribers on two machines hear what the third says.
printf 'listener 1883 10.0.0.1\nlistener 1883 fd00::1\nallow_anonymous true\nuser root\npersistence false\n' >conf
on_bg 1 mosquitto -v -c conf >log 2>&1
mosquitto=$!
until_open 1 10.0.0.1 1883
on_bg 2 mosquitto_sub -h 10.0.0.1 -t 'a/#' -v -C 5 >heard2
two=$!
on_bg 3 mosquitto_sub -h fd00::1 -t a/b -q 2 -C 3 >heard3
three=$!
until [ "$(grep -c 'Sending SUBACK' log)" -eq 2 ]; do :; done
on 2 mosquitto_pub -h fd00::1 -t a/kept -m kept -r
for i in 1 2 3; do on 3 mosquitto_pub -h 10.0.0.1 -q 2 -t a/b -m "message $i"; done
head -c 100000 /dev/zero | tr '\0' y | on 2 mosquitto_pub -h fd00::1 -t a/c -q 1 -s
wait $three
cat heard3
wait $two
cut -c1-20 heard2
on 3 mosquitto_sub -h 10.0.0.1 -t a/kept -C 1
stop $mosquitto
