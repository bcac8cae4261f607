// Sets the chosen theme before the first paint; a separate file because inline scripts are not allowed.
try {
  const theme = localStorage.getItem('gemba.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // A browser without storage follows the system.
}
