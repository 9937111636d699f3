# The life of one object, who deleted it, what is unfinished and what was in flight.
. "$CASE_DIR/events.inc"
dep=$(o deployments apps shop web)
owner='"ownerReferences":[{"kind":"Deployment","name":"web"}]'
{
	e 1 03:00:00 create /apis/apps/v1/namespaces/shop/deployments alice 201 1 "$dep"
	e 2 03:00:01 create /apis/apps/v1/namespaces/shop/replicasets system:dc 201 1 "$(o replicasets apps shop web-7d9f)"
	e 3 03:00:02 create /api/v1/namespaces/shop/pods/web-7d9f-x1/binding system:sched 201 1 "$(o pods '' shop web-7d9f-x1 binding)"
	e 4 03:00:03 patch /api/v1/namespaces/shop/pods/web-7d9f-x1/status kubelet 200 1 "$(o pods '' shop web-7d9f-x1 status)"
	e 5 03:00:04 patch /api/v1/namespaces/shop/pods/web-7d9f-x1/status kubelet 200 1 "$(o pods '' shop web-7d9f-x1 status)"
	e 6 03:00:05 get /apis/apps/v1/namespaces/shop/deployments/web bob 200 1 "$dep"
	e 7 03:00:06 create /apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers op 201 1 "$(o horizontalpodautoscalers autoscaling shop scaler),\"requestObject\":{\"metadata\":{\"name\":\"scaler\",$owner}}"
	e 8 03:00:07 create /api/v1/namespaces/shop/pods webserver-op 201 1 "$(o pods '' shop webserver-1)"
	e 9 03:00:08 delete /apis/apps/v1/namespaces/shop/deployments/web mallory 200 1 "$dep"
	e 10 03:00:09 deletecollection /api/v1/namespaces/shop/pods gc 200 1 "$(o pods '' shop '')"
	e 11 03:00:10 create /api/v1/namespaces/shop/pods/web-7d9f-x1/eviction drain 429 1 "$(o pods '' shop web-7d9f-x1 eviction)"
	e 12 03:00:11 delete /api/v1/namespaces/shop root 200 1 "$(o namespaces '' shop shop)"
	stage=RequestReceived e 13 03:00:12 list '/api/v1/pods' reader - 0 "$(o pods '' '' '')"
	stage=RequestReceived e 14 03:00:13 get '/api/v1/nodes/n' reader - 0 "$(o nodes '' '' n)"
	e 14 03:00:13 get '/api/v1/nodes/n' reader 200 9 "$(o nodes '' '' n)"
	stage=RequestReceived e 15 03:00:13 deletecollection '/api/v1/namespaces/shop/secrets' gc - 0 "$(o secrets '' shop '')"
} >audit.log
echo "-- history"; mgaudit --history deploy/shop/web audit.log
echo "-- who deleted the pod"; mgaudit --who-deleted pod/shop/web-7d9f-x1 --no-headers audit.log
echo "-- unfinished"; mgaudit --unfinished audit.log
echo "-- in flight"; mgaudit --inflight-at 03:00:13.5 audit.log
echo "-- deletecollections"; mgaudit --deletecollections audit.log
echo "-- json"; mgaudit --unfinished --verb=list --format=json audit.log
echo "-- events"; mgaudit -o events audit.log | sed 's/.*"kind":"\([^"]*\)".*"verb":"\([^"]*\)".*/\1 \2/'
