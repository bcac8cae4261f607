export default {
  name: 'length',
  units: {
    m: { factor: 1 },
    km: { factor: 1000 },
    cm: { factor: 0.01 },
    mi: { factor: 1609.344 },
    ft: { factor: 0.3048 },
    in: { factor: 0.0254 },
  },
}
