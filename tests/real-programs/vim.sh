# vim: values of its language, functions, mappings and buffers with changes,
# held in a sleep.  Its exe is put there by hand.
package=
# Its own handlers end it in order.
signal=GCORE

build() {
	false
}

words() {
	cat <<'EOF'
set nocompatible hidden undolevels=1000
let g:d = {}
let g:l = []
for i in range(g:num)
  let g:d['key' . i] = {'name': 'name' . i, 'num': i, 'list': [i, i * 2, 'x' . i], 'f': i * 1.5}
  call add(g:l, ['item' . i, i])
endfor
for i in range(200)
  exe 'function! F' . i . "(a, b)\n let x = a:a + a:b\n for y in range(3)\n let x += y\n endfor\n return x\nendfunction"
  exe 'nnoremap <F5>' . i . ' :echo ' . i . '<CR>'
  exe 'autocmd BufRead *.x' . i . ' set ts=4'
  exe 'command! Cmd' . i . ' echo ' . i
  exe 'abbrev ab' . i . ' abbreviation number ' . i
  exe 'highlight Grp' . i . ' ctermfg=1'
  exe 'syntax keyword Grp' . i . ' word' . i . ' other' . i
endfor
for i in range(30)
  exe 'edit buf' . i
  call setline(1, map(range(300), {k, v -> 'line number ' . v . ' of buffer'}))
  call setline(5, 'changed')
  normal! 10Gdd20Gp
  call matchadd('Search', 'num\d\+')
  normal! ma
endfor
for i in range(500)
  call histadd(':', 'echo ' . i)
endfor
let g:p = map(range(300), {k, v -> function('F1', [v])})
split | vsplit | tabnew
call writefile(['ready'], 'ready')
sleep 100
EOF
}

load() {
	rm -f ready
	{
		echo "let g:num = ${VIM_VALUES:-6000}"
		words
	} >script
	TERM=dumb record vim ./exe -u NONE -N -n -X -es -S script
	wait_for ready ready && sleep 1
}
