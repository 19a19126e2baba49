//! Card numbers, masked before anything is stored, logged, shown or given to a model.
