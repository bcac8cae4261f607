import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { takeToken } from './composables/use-sign-in.ts'
import { makeRouter } from './router.ts'

// Before the router looks at the address: it would put the token back.
const { token, address } = takeToken(location.href)
if (token !== null) history.replaceState(history.state, '', address)

createApp(App, { token }).use(createPinia()).use(makeRouter()).mount('#app')
