import {
  choice,
  count,
  type Fields,
  listOf,
  message,
  moment,
  number,
  numberOrText,
  type Shape,
  text,
  textsByText,
  yesOrNo,
} from './shape.js'

const metadata = message({
  1: ['name', text],
  2: ['generateName', text],
  3: ['namespace', text],
  5: ['uid', text],
  6: ['resourceVersion', text],
  8: ['creationTimestamp', moment],
  11: ['labels', textsByText],
  12: ['annotations', textsByText],
})

const containerPort = message({
  1: ['name', text],
  2: ['hostPort', number],
  3: ['containerPort', number],
  4: ['protocol', text],
  5: ['hostIP', text],
})

const container = message({
  1: ['name', text],
  2: ['image', text],
  3: ['command', listOf(text)],
  4: ['args', listOf(text)],
  5: ['workingDir', text],
  6: ['ports', listOf(containerPort)],
  7: ['env', listOf(message({ 1: ['name', text], 2: ['value', text] }))],
  14: ['imagePullPolicy', text],
})

const podSpec = message({
  2: ['containers', listOf(container)],
  3: ['restartPolicy', text],
  4: ['terminationGracePeriodSeconds', count],
  6: ['dnsPolicy', text],
  7: ['nodeSelector', textsByText],
  8: ['serviceAccountName', text],
  10: ['nodeName', text],
  16: ['hostname', text],
  17: ['subdomain', text],
  20: ['initContainers', listOf(container)],
})

const expression = message({ 1: ['key', text], 2: ['operator', text], 3: ['values', listOf(text)] })

const selector = message({ 1: ['matchLabels', textsByText], 2: ['matchExpressions', listOf(expression)] })

const strategy = message({
  1: ['type', text],
  2: ['rollingUpdate', message({ 1: ['maxUnavailable', numberOrText], 2: ['maxSurge', numberOrText] })],
})

const deploymentSpec = message({
  1: ['replicas', count],
  2: ['selector', selector],
  3: ['template', message({ 1: ['metadata', metadata], 2: ['spec', podSpec] })],
  4: ['strategy', strategy],
  5: ['minReadySeconds', number],
  6: ['revisionHistoryLimit', count],
  7: ['paused', yesOrNo],
  9: ['progressDeadlineSeconds', count],
})

const servicePort = message({
  1: ['name', text],
  2: ['protocol', text],
  3: ['port', number],
  4: ['targetPort', numberOrText],
  5: ['nodePort', number],
  6: ['appProtocol', text],
})

const affinityConfig = message({ 1: ['clientIP', message({ 1: ['timeoutSeconds', number] })] })

const serviceSpec = message({
  1: ['ports', listOf(servicePort)],
  2: ['selector', textsByText],
  3: ['clusterIP', text],
  4: ['type', text],
  5: ['externalIPs', listOf(text)],
  7: ['sessionAffinity', text],
  8: ['loadBalancerIP', text],
  9: ['loadBalancerSourceRanges', listOf(text)],
  10: ['externalName', text],
  11: ['externalTrafficPolicy', text],
  12: ['healthCheckNodePort', number],
  13: ['publishNotReadyAddresses', yesOrNo],
  14: ['sessionAffinityConfig', affinityConfig],
  17: ['ipFamilyPolicy', text],
  18: ['clusterIPs', listOf(text)],
  19: ['ipFamilies', listOf(text)],
  20: ['allocateLoadBalancerNodePorts', choice],
  21: ['loadBalancerClass', text],
  22: ['internalTrafficPolicy', text],
  23: ['trafficDistribution', text],
})

const object = (spec: Shape): Fields => ({ 1: ['metadata', metadata], 2: ['spec', spec] })

/** What kubectl creates in protobuf, by kind: numbers and names as in the `generated.proto` files of k8s.io/api. */
export const schemas: Readonly<Record<string, Fields>> = {
  Deployment: object(deploymentSpec),
  Namespace: object(message({ 1: ['finalizers', listOf(text)] })),
  Pod: object(podSpec),
  Service: object(serviceSpec),
}
