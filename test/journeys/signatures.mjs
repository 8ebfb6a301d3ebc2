// Checks a signature of the platform, and makes one, with sm-crypto: another implementation of SM2 and SM3.
import { readFileSync } from 'node:fs'
import smCrypto from 'sm-crypto'

const { sm2, sm3 } = smCrypto
const asked = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const hex = (bytes) => Buffer.from(bytes).toString('hex')

// canonical writes a value as RFC 8785 says: JavaScript sorts and writes numbers so by itself.
function canonical(value) {
  if (Array.isArray(value)) return '[' + value.map(canonical).join(',') + ']'
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  return '{' + Object.keys(value).sort().map((name) => JSON.stringify(name) + ':' + canonical(value[name])).join(',') + '}'
}

// parts are the values in a constructed value of DER.
function parts(der) {
  const list = []
  for (let at = 0; at < der.length;) {
    let [length, head] = [der[at + 1], 2]
    if (length > 0x80) {
      head = 2 + (length & 0x7f)
      length = parseInt(hex(der.subarray(at + 2, at + head)), 16)
    }
    list.push({ tag: der[at], body: der.subarray(at + head, at + head + length), whole: der.subarray(at, at + head + length) })
    at += head + length
  }
  return list
}

// certified finds the key of the certificate with a serial number.
function certified(certificates, serial) {
  for (const one of parts(certificates)) {
    const fields = parts(parts(one.body)[0].body)
    if (hex(fields[1].body) === hex(serial)) return hex(parts(fields[6].body)[1].body.subarray(1))
  }
  throw new Error('the certificate of the signer is not there')
}

function check() {
  const { meta, ...resource } = JSON.parse(asked.resource)
  const signed = parts(parts(parts(Buffer.from(asked.signature, 'base64'))[0].body)[1].body)[0]
  const [, , , certificates, signers] = parts(signed.body)
  const [, who, , attributes, , value] = parts(parts(signers.body)[0].body)
  const digest = parts(attributes.body).find((one) => hex(parts(one.body)[0].body) === '2a864886f70d010904')
  const key = certified(certificates.body, parts(who.body)[1].body)
  const toSign = Buffer.concat([Buffer.from([0x31]), attributes.whole.subarray(1)])
  const same = hex(parts(parts(digest.body)[1].body)[0].body) === sm3(canonical(resource))
  return { content: same, signature: sm2.doVerifySignature([...toSign], hex(value.body), key, { hash: true, der: true }) }
}

const answers = {
  check,
  key: () => sm2.generateKeyPairHex(),
  digest: () => {
    const { meta, ...resource } = JSON.parse(asked.resource)
    return { digest: sm3(canonical(resource)) }
  },
  sign: () => ({ value: sm2.doSignature([...Buffer.from(asked.toSign, 'base64')], asked.key, { hash: true, der: true }) }),
}
console.log(JSON.stringify(answers[asked.do]()))
