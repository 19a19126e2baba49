(() => {
  const byName = (name) => document.querySelector(`[name="${name}"]`);
  const number = byName('number');
  const expiry = byName('expiry');
  const spaced = (text, every, between) =>
    text.replace(/\D/g, '').match(new RegExp(`.{1,${every}}`, 'g'))?.join(between) ?? '';

  number?.addEventListener('input', () => { number.value = spaced(number.value, 4, ' ').slice(0, 23); });
  expiry?.addEventListener('input', (event) => {
    if (event.inputType?.startsWith('delete')) return;
    expiry.value = spaced(expiry.value, 2, ' / ').slice(0, 7);
  });

  for (const button of document.querySelectorAll('[data-card]')) {
    button.addEventListener('click', () => {
      number.value = button.dataset.card;
      expiry.value = '12 / 34';
      byName('cvc').value = button.dataset.card.startsWith('3') ? '1234' : '123';
      if (!byName('name').value) byName('name').value = 'Ana Sandbox';
      number.focus();
    });
  }

  // What changes the sum is asked for at once, so that the button says what is taken.
  for (const field of document.querySelectorAll('[name="shipping"], [name^="quantity_"]')) {
    field.addEventListener('change', () => field.form.requestSubmit(field.form.querySelector('[value="apply"]')));
  }

  // The server pays a session once at most; this only shows that something is happening.
  for (const form of document.forms) {
    form.addEventListener('submit', (event) => {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = 'yes';
      const button = event.submitter ?? form.querySelector('button');
      setTimeout(() => {
        button.disabled = true;
        const words = button.querySelector('[data-busy]');
        if (words) words.textContent = words.dataset.busy;
      });
    });
  }
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
})();
